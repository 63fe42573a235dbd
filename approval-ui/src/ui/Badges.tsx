import type { ApprovalState, Rendering } from '../api/model';
import { useLanguage } from '../i18n/language';
import { Icon, type IconName } from './Icon';
import './badges.css';

/** How many of four coats cover the value: the sign says the same as colour and text. */
const COATS: Record<Rendering, number> = { clear: 0, surrogate: 1, partial: 2, generalised: 3, redacted: 4 };
const ALL_COATS = [1, 2, 3, 4];

/** How a value leaves, in colour, sign and text. */
export function RenderingBadge({ rendering }: { rendering: Rendering }) {
  const { t } = useLanguage();
  return (
    <span className={`badge rendering rendering-${rendering}`}>
      <svg width="22" height="12" viewBox="0 0 22 12" aria-hidden="true" focusable="false">
        {ALL_COATS.map((coat) => (
          <rect
            key={coat}
            x={(coat - 1) * 5.5 + 0.6}
            y="0.6"
            width="3.8"
            height="10.8"
            rx="1.2"
            fill={coat <= COATS[rendering] ? 'currentColor' : 'none'}
            stroke="currentColor"
            strokeWidth="1.2"
          />
        ))}
      </svg>
      {t(`rendering.${rendering}`)}
    </span>
  );
}

const STATE_ICON: Record<ApprovalState, IconName> = {
  held: 'pen',
  pending: 'clock',
  approved: 'check',
  redeemed: 'download',
  rejected: 'cross',
  withdrawn: 'undo',
  revoked: 'cross',
  lapsed: 'history',
};

/** Where a request stands. */
export function StateBadge({ state }: { state: ApprovalState }) {
  const { t } = useLanguage();
  return (
    <span className={`badge state state-${state}`}>
      <Icon name={STATE_ICON[state]} size={15} />
      {t(`state.${state}`)}
    </span>
  );
}
