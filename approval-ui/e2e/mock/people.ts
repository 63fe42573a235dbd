// The people of the mock company.
import type { SessionInfo } from '../../src/api/model';

export type Person = { id: string; name: string; roles: string[]; levels: string[]; audit?: boolean };

export const PASSWORD = 'a long enough password';

export const LI: Person = { id: 'li.na', name: '李娜', roles: ['analyst'], levels: [] };
export const WANG: Person = { id: 'wang.qiang', name: '王强', roles: ['manager'], levels: ['department'] };
export const ZHAO: Person = { id: 'zhao.min', name: '赵敏', roles: ['dpo'], levels: ['data_protection'] };
export const SUN: Person = { id: 'sun.wei', name: '孙伟', roles: ['manager', 'sales'], levels: ['department'] };
export const PEOPLE = [LI, WANG, ZHAO, SUN];

export function sessionOf(person: Person, proxyUrl: string): SessionInfo {
  return {
    subject: { id: person.id, display_name: person.name, roles: person.roles, assurance: 'password' },
    can: { approve_levels: person.levels, read_audit: person.audit ?? false },
    language_default: 'zh',
    proxy_url: proxyUrl,
  };
}
