import { theme, type ThemeConfig } from 'antd';
import { useSyncExternalStore } from 'react';

const FONT =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";

const SHARED = { fontFamily: FONT, borderRadius: 8, fontSize: 16, controlHeight: 44, wireframe: false } as const;

// The same colours as tokens.css; Ant Design derives hover and active shades, so it needs the values themselves.
const LIGHT: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...SHARED,
    colorPrimary: '#0e5c66',
    colorLink: '#0e5c66',
    colorError: '#a3261b',
    colorSuccess: '#1d6638',
    colorWarning: '#a34a14',
    colorTextBase: '#13282c',
    colorBgBase: '#ffffff',
    colorBorder: '#8a8f8c',
    colorTextPlaceholder: '#66757a',
    colorErrorBg: '#fbe9e5',
    colorErrorBorder: '#dfa79f',
    colorWarningBg: '#fbeee2',
    colorWarningBorder: '#dcae8c',
    colorSuccessBg: '#e4f1e6',
    colorSuccessBorder: '#9cc5a6',
  },
};

const DARK: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...SHARED,
    colorPrimary: '#3f9ea3',
    colorLink: '#6cc3c4',
    colorError: '#f29a8b',
    colorSuccess: '#5fb578',
    colorWarning: '#e0924f',
    colorTextBase: '#e9efec',
    colorBgBase: '#162326',
    colorBorder: '#738587',
    colorTextPlaceholder: '#93a5a5',
    colorErrorBg: '#3b201c',
    colorErrorBorder: '#7d463d',
    colorWarningBg: '#37261a',
    colorWarningBorder: '#7a5637',
    colorSuccessBg: '#18321f',
    colorSuccessBorder: '#3f6e4b',
  },
  // The algorithm darkens its seeds too far for a text on the button or in its frame.
  components: {
    Button: {
      colorPrimary: '#6cc3c4',
      colorPrimaryHover: '#8ed3d3',
      colorPrimaryActive: '#57b0b1',
      primaryColor: '#04191b',
      colorError: '#f29a8b',
      colorErrorHover: '#f7b5a9',
      colorErrorActive: '#e5826f',
      dangerColor: '#2b0e08',
    },
  },
};

const DARK_QUERY = '(prefers-color-scheme: dark)';

function subscribe(changed: () => void): () => void {
  const query = matchMedia(DARK_QUERY);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Ant Design's theme, following the device between light and dark. */
export function useAntdTheme(): ThemeConfig {
  return useSyncExternalStore(subscribe, () => matchMedia(DARK_QUERY).matches) ? DARK : LIGHT;
}
