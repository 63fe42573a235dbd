// Short names for the types that are generated from the server's OpenAPI document.
import type { components } from './schema';

type Schemas = components['schemas'];

export type SessionInfo = Schemas['SessionInfo'];
export type ApprovalSummary = Schemas['ApprovalSummary'];
export type ApprovalPage = Schemas['ApprovalPage'];
export type ApprovalDetail = Schemas['ApprovalDetail'];
export type ApprovalState = Schemas['ApprovalState'];
export type Rendering = Schemas['Rendering'];
export type ReleasedClass = Schemas['ReleasedClass'];
export type LevelStatus = Schemas['LevelStatus'];
export type LevelStage = LevelStatus['status'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type TimelineKind = Schemas['TimelineKind'];
export type ActionState = Schemas['ActionState'];
export type Sample = Schemas['Sample'];
export type SampleNote = Schemas['SampleNote'];
export type ReasonCode = Schemas['ReasonCode'];
export type ProblemCode = Schemas['ProblemCode'];
export type Problem = Schemas['Problem'];

export type View = 'to_decide' | 'mine' | 'history';
/** What the requester or an approver can do to a request. */
export type Action = 'submit' | 'approve' | 'reject' | 'withdraw' | 'revoke';
