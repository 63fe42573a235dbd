import type { ReasonCode } from '../api/model';
import { reasonText } from '../i18n/codes';
import { useLanguage } from '../i18n/language';
import type { MessageKey } from '../i18n/messages';
import { Icon } from '../ui/Icon';

export type BlockedAction = { label: MessageKey; reason: ReasonCode | null | undefined };

/** The element that says why; a blocked button points at it. */
export const blockedId = (panel: string, reason: BlockedAction['reason']) => `${panel}-${reason ?? 'not_allowed'}`;

function groupByReason(actions: BlockedAction[]): Map<ReasonCode, BlockedAction[]> {
  const groups = new Map<ReasonCode, BlockedAction[]>();
  for (const action of actions) {
    const reason = action.reason ?? 'not_allowed';
    groups.set(reason, [...(groups.get(reason) ?? []), action]);
  }
  return groups;
}

/** Why buttons may not be pressed: in words, on the page, each reason once. */
export function Blocked({ panel, actions }: { panel: string; actions: BlockedAction[] }) {
  const { t, language } = useLanguage();
  const list = new Intl.ListFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { type: 'disjunction' });
  return [...groupByReason(actions)].map(([reason, those]) => (
    <p key={reason} id={blockedId(panel, reason)} className="blocked-reason">
      <Icon name="info" size={18} />
      <span>
        {t('blocked.title', { action: list.format(those.map(({ label }) => t(label))) })} {reasonText(t, reason)}
      </span>
    </p>
  ));
}
