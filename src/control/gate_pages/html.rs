//! The HTML of the gate pages: small, without a script, in two languages.

use std::fmt::Write as _;

use crate::control::language::Language;

/// The style sheet, a file of its own so that the content security policy can forbid inline styles.
pub const STYLE: &str = include_str!("style.css");

/// Text as it may stand in HTML content and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// What the sign-in page shows.
#[derive(Clone, Copy, Debug)]
pub struct SignInPage<'a> {
    /// Its language.
    pub language: Language,
    /// Where to go afterwards; already found safe.
    pub next: &'a str,
    /// The form token.
    pub form_token: &'a str,
    /// What went wrong with the last try.
    pub notice: Option<Notice>,
    /// Who is signed in already.
    pub signed_in: Option<&'a str>,
    /// The account that was typed.
    pub account: &'a str,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Unknown, wrong, disabled, throttled: one text.
    WrongCredentials,
    /// The form was too old, or came from elsewhere.
    FormExpired,
    /// Too many sign-ins at once.
    Busy,
    /// The store or the audit journal is away.
    Unavailable,
    /// A fault of ours.
    Fault,
}

impl Notice {
    const fn text(self, language: Language) -> &'static str {
        match self {
            Self::WrongCredentials => language.pick("账号或密码不正确。", "Account or password is wrong."),
            Self::FormExpired => language.pick(
                "页面已过期或请求来自其他网站，请重新登录。",
                "This page has expired or the request came from another site. Please sign in again.",
            ),
            Self::Busy => language.pick(
                "同时登录的人太多，请稍后再试。",
                "Too many people are signing in. Please try again in a moment.",
            ),
            Self::Unavailable => language.pick(
                "系统暂时无法登录，请稍后再试；如持续出现请联系管理员。",
                "Signing in is not possible right now. Please try again soon; if it goes on, tell your administrator.",
            ),
            Self::Fault => language.pick(
                "系统出错，请联系管理员。",
                "Something went wrong on our side. Please tell your administrator.",
            ),
        }
    }
}

impl Notice {
    /// A page that says nothing else.
    pub fn page(self, language: Language) -> String {
        message_page(
            language,
            language.pick("暂时无法使用", "Not possible right now"),
            self.text(language),
        )
    }

    /// The page for a fault of ours.
    pub fn fault_page(language: Language) -> String {
        Self::Fault.page(language)
    }
}

/// The page for what is not there.
pub fn not_found_page(language: Language) -> String {
    let text = language.pick("没有这个页面。", "There is no such page.");
    message_page(language, language.pick("未找到", "Not found"), text)
}

impl SignInPage<'_> {
    /// The page.
    pub fn render(&self) -> String {
        let l = self.language;
        let mut main = String::new();
        let _ = write!(main, "<h1>{}</h1>", l.pick("登录", "Sign in"));
        if let Some(notice) = self.notice {
            let _ = write!(main, "<p class=\"notice\" role=\"alert\">{}</p>", notice.text(l));
        }
        if let Some(name) = self.signed_in {
            let _ = write!(
                main,
                "<p>{} <strong>{}</strong>. <a href=\"{}\">{}</a> · <a href=\"/.overcoat/sign-out\">{}</a></p>",
                l.pick("当前已登录：", "You are signed in as"),
                escape(name),
                escape(self.next),
                l.pick("继续", "Continue"),
                l.pick("退出登录", "Sign out"),
            );
        }
        main.push_str(&self.form());
        main.push_str(&self.other_language());
        document(l, l.pick("登录", "Sign in"), &main)
    }

    fn form(&self) -> String {
        let l = self.language;
        format!(
            concat!(
                "<form method=\"post\" action=\"/.overcoat/sign-in?lang={lang}\">",
                "<input type=\"hidden\" name=\"form\" value=\"{token}\">",
                "<input type=\"hidden\" name=\"next\" value=\"{next}\">",
                "<label for=\"account\">{account_label}</label>",
                "<input id=\"account\" name=\"account\" value=\"{account}\" autocomplete=\"username\" autocapitalize=\"none\" ",
                "spellcheck=\"false\" required maxlength=\"128\"{focus_account}>",
                "<label for=\"password\">{password_label}</label>",
                "<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required ",
                "maxlength=\"128\"{focus_password}>",
                "<button type=\"submit\">{submit}</button></form>",
            ),
            lang = short(l),
            token = escape(self.form_token),
            next = escape(self.next),
            account_label = l.pick("账号", "Account"),
            account = escape(self.account),
            focus_account = if self.account.is_empty() { " autofocus" } else { "" },
            password_label = l.pick("密码", "Password"),
            focus_password = if self.account.is_empty() { "" } else { " autofocus" },
            submit = l.pick("登录", "Sign in"),
        )
    }

    fn other_language(&self) -> String {
        let (other, label) = match self.language {
            Language::Zh => (Language::En, "English"),
            Language::En => (Language::Zh, "中文"),
        };
        let next = percent_encoding::utf8_percent_encode(self.next, percent_encoding::NON_ALPHANUMERIC);
        format!(
            "<p class=\"language\"><a href=\"/.overcoat/sign-in?lang={}&amp;next={next}\" lang=\"{}\">{label}</a></p>",
            short(other),
            other.tag(),
        )
    }
}

/// The page that asks whether to sign out.
pub fn sign_out_page(language: Language, name: &str, form_token: &str) -> String {
    let l = language;
    let main = format!(
        concat!(
            "<h1>{title}</h1><p>{who} <strong>{name}</strong></p>",
            "<form method=\"post\" action=\"/.overcoat/sign-out?lang={lang}\">",
            "<input type=\"hidden\" name=\"form\" value=\"{token}\"><button type=\"submit\">{title}</button></form>",
            "<p class=\"language\"><a href=\"/\">{back}</a></p>",
        ),
        title = l.pick("退出登录", "Sign out"),
        who = l.pick("当前账号：", "You are signed in as"),
        name = escape(name),
        lang = short(l),
        token = escape(form_token),
        back = l.pick("返回", "Back"),
    );
    document(l, l.pick("退出登录", "Sign out"), &main)
}

/// A page with one message.
fn message_page(language: Language, title: &str, text: &str) -> String {
    let main = format!(
        "<h1>{}</h1><p>{}</p><p><a href=\"/.overcoat/sign-in\">{}</a></p>",
        escape(title),
        escape(text),
        language.pick("去登录", "Sign in"),
    );
    document(language, title, &main)
}

const fn short(language: Language) -> &'static str {
    language.pick("zh", "en")
}

fn document(language: Language, title: &str, main: &str) -> String {
    format!(
        concat!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">",
            "<title>{title} · Overcoat</title><link rel=\"icon\" href=\"/.overcoat/icon.svg\">",
            "<link rel=\"stylesheet\" href=\"/.overcoat/style.css\"></head>",
            "<body><main>{main}</main><footer>Overcoat</footer></body></html>",
        ),
        lang = language.tag(),
        title = escape(title),
        main = main,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> SignInPage<'static> {
        SignInPage {
            language: Language::En,
            next: "/a?b=\"><script>&c='",
            form_token: "t",
            notice: Some(Notice::WrongCredentials),
            signed_in: Some("<b>王</b>"),
            account: "\"><img>",
        }
    }

    #[test]
    fn nothing_that_came_from_outside_becomes_markup() {
        let html = page().render();
        for hostile in ["<script", "<b>", "<img", "\"><"] {
            let found = html.matches(hostile).count();
            let own = if hostile == "\"><" {
                html.matches("\"><").count()
            } else {
                0
            };
            assert_eq!(found, own, "{hostile}");
        }
        assert!(html.contains("value=\"/a?b=&quot;&gt;&lt;script&gt;&amp;c=&#39;\""));
        assert!(!html.contains("style=") && !html.contains("onclick"));
    }

    #[test]
    fn both_languages_are_whole() {
        for (language, word, lang) in [(Language::Zh, "登录", "zh-CN"), (Language::En, "Sign in", "en")] {
            let html = SignInPage { language, ..page() }.render();
            assert!(html.contains(word) && html.contains(&format!("<html lang=\"{lang}\">")));
        }
    }
}
