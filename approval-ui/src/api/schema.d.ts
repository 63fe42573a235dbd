// Generated from openapi.json by `npm run types`. Do not edit.

export interface paths {
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["getSession"];
        put?: never;
        /** Sign in. */
        post: operations["createSession"];
        /** Sign out. */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A list of requests. */
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A request. */
        get: operations["getApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/sample": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Five rows, masked as the viewer may see them. */
        get: operations["getSample"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what for; starts the chain. */
        post: operations["submitApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Vote yes. */
        post: operations["approveApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Vote no, with a reason. */
        post: operations["rejectApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take one's own request back. */
        post: operations["withdrawApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an approval back before the download. */
        post: operations["revokeApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Sign-in. */
        SessionRequest: {
            /** @description Account name. */
            account: string;
            /**
             * Format: password
             * @description Password; never logged.
             */
            password: string;
        };
        /** @description Who is signed in and what he may do here. */
        SessionInfo: {
            subject: components["schemas"]["SubjectInfo"];
            can: components["schemas"]["Abilities"];
            /**
             * @description Language when the browser says none: `zh` or `en`.
             * @enum {string}
             */
            language_default: "zh" | "en";
            /**
             * Format: uri
             * @description Origin of the proxy, where exports are downloaded.
             */
            proxy_url: string;
        };
        /** @description The person who is signed in. */
        SubjectInfo: {
            /** @description Account id. */
            id: string;
            /** @description Name shown to people. */
            display_name: string;
            /** @description Role names. */
            roles: string[];
            /** @description How sure we are: `anonymous`, `header`, `password`, … */
            assurance: string;
        };
        /** @description What the person may do here. */
        Abilities: {
            /** @description Levels of approval chains that this person may vote on. */
            approve_levels: string[];
            /** @description May see everybody's requests. */
            read_audit: boolean;
        };
        /** @description A person. */
        PersonRef: {
            /** @description Account id. */
            id: string;
            /** @description Name shown to people. */
            display_name: string;
            /** @description Role names at the time. */
            roles: string[];
        };
        /**
         * @description `held`: sealed, waits for its purpose.
         * @enum {string}
         */
        ApprovalState: "held" | "pending" | "approved" | "redeemed" | "rejected" | "withdrawn" | "revoked" | "lapsed";
        /**
         * @description How a value is shown, strictest first.
         * @enum {string}
         */
        Rendering: "redacted" | "generalised" | "partial" | "surrogate" | "clear";
        /** @description A level of a chain. */
        LevelRef: {
            /** @description Level id. */
            level: string;
            title_zh: string;
            title_en: string;
        };
        /**
         * @description Why an action may not be done now.
         * @enum {string}
         */
        ReasonCode: "own_request" | "not_your_level" | "already_voted" | "not_pending" | "purpose_needed" | "purpose_given" | "lapsed" | "not_requester" | "not_approved" | "not_revocable" | "already_redeemed" | "role_lost" | "policy_changed" | "conditions_not_met" | "hold_missing" | "not_allowed";
        /**
         * @description Kind of problem; the page translates it.
         * @enum {string}
         */
        ProblemCode: "bad_request" | "not_signed_in" | "wrong_credentials" | "too_many_attempts" | "forbidden" | "not_found" | "conflict" | "comment_required" | "purpose_required" | "cross_site" | "store_unavailable" | "audit_unavailable" | "internal";
        /**
         * @description What happened.
         * @enum {string}
         */
        TimelineKind: "held" | "submitted" | "approved" | "rejected" | "level_completed" | "level_skipped" | "granted" | "withdrawn" | "revoked" | "lapsed" | "redeemed";
        /**
         * @description What there is to say about the sample.
         * @enum {string}
         */
        SampleNote: "masked_for_you" | "not_available" | "hold_destroyed" | "not_tabular";
        /** @description One line of a list. */
        ApprovalSummary: {
            /** @description Approval id. */
            id: string;
            /**
             * Format: int64
             * @description Version for compare-and-set.
             */
            version: number;
            state: components["schemas"]["ApprovalState"];
            requester: components["schemas"]["PersonRef"];
            /** @description Purpose, when given. */
            purpose: string | null;
            /** @description What is asked for: the route's title. */
            title_zh: string;
            title_en: string;
            /** @description `csv`, `json`, `ndjson`, … */
            format: string;
            /**
             * Format: int64
             * @description Records in the hold, when they could be counted.
             */
            records: number | null;
            most_open: components["schemas"]["Rendering"];
            /**
             * Format: int64
             * @description Data classes released.
             */
            class_count: number;
            level: null | components["schemas"]["LevelRef"];
            /**
             * Format: int64
             * @description Levels that have said yes.
             */
            levels_done: number;
            /**
             * Format: int64
             * @description Levels of the chain.
             */
            levels_total: number;
            /**
             * Format: date-time
             * @description When the hold was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the purpose was given.
             */
            submitted_at: string | null;
            /**
             * Format: date-time
             * @description Since when the current level is waited for.
             */
            waiting_since: string | null;
            /**
             * Format: date-time
             * @description When it lapses, or when the download lapses once approved.
             */
            lapses_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            decided_at: string | null;
        };
        /** @description A page of a list. */
        ApprovalPage: {
            items: components["schemas"]["ApprovalSummary"][];
            /** @description Pass it as `cursor` for the next page; null at the end. */
            next_cursor: string | null;
            /**
             * Format: int64
             * @description How many there are in this view.
             */
            total: number;
        };
        /** @description A filter of the request to the CRM. */
        Filter: {
            /** @description Parameter name. */
            name: string;
            /** @description Its value, with everything sensitive masked. */
            value_shown: string;
        };
        /** @description A data class and how it would leave. */
        ReleasedClass: {
            /** @description Data class. */
            class: string;
            title_zh: string;
            title_en: string;
            /** @description Level of sensitivity. */
            level: string;
            rendering: components["schemas"]["Rendering"];
            /**
             * Format: int64
             * @description How many values of it.
             */
            count: number | null;
        };
        /** @description What would leave. */
        What: {
            /** @description Route of the catalog; `unlisted` if none. */
            route_id: string;
            title_zh: string;
            title_en: string;
            method: string;
            /** @description Canonical path, masked. */
            path: string;
            filters: components["schemas"]["Filter"][];
            format: string;
            /**
             * Format: int64
             * @description Records.
             */
            records: number | null;
            /**
             * Format: int64
             * @description Size of the sealed answer in bytes.
             */
            bytes: number | null;
            classes: components["schemas"]["ReleasedClass"][];
        };
        /** @description A vote. */
        VoteInfo: {
            /** @description Account id. */
            person: string;
            display_name: string;
            /** @enum {string} */
            verdict: "approve" | "reject";
            /** @description Comment. */
            comment: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
        };
        /** @description A level and where it stands. */
        LevelStatus: {
            level: string;
            title_zh: string;
            title_en: string;
            /**
             * Format: int64
             * @description How many people have to say yes.
             */
            quorum: number;
            /** @description Roles that may vote. */
            approvers: string[];
            /** @enum {string} */
            status: "waiting" | "current" | "done" | "rejected" | "skipped";
            votes: components["schemas"]["VoteInfo"][];
        };
        /** @description Something that happened. */
        TimelineEntry: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            kind: components["schemas"]["TimelineKind"];
            /** @description Display name; null for Overcoat itself. */
            who: string | null;
            /** @description Level id. */
            level: string | null;
            /** @description Comment. */
            comment: string | null;
        };
        /** @description Whether a button may be pressed. */
        ActionState: {
            /** @description May be done by the viewer now. */
            allowed: boolean;
            reason_code: null | components["schemas"]["ReasonCode"];
        };
        /** @description Whether the export may be downloaded. */
        DownloadState: {
            /** @description May be downloaded by the viewer now. */
            allowed: boolean;
            reason_code: null | components["schemas"]["ReasonCode"];
            /**
             * Format: uri
             * @description Address on the proxy's origin to POST to.
             */
            url: string | null;
        };
        /** @description What the viewer may do. */
        Actions: {
            submit: components["schemas"]["ActionState"];
            approve: components["schemas"]["ActionState"];
            reject: components["schemas"]["ActionState"];
            withdraw: components["schemas"]["ActionState"];
            revoke: components["schemas"]["ActionState"];
            download: components["schemas"]["DownloadState"];
        };
        /** @description A request. */
        ApprovalDetail: {
            /** @description Approval id. */
            id: string;
            /**
             * Format: int64
             * @description Version for compare-and-set.
             */
            version: number;
            state: components["schemas"]["ApprovalState"];
            requester: components["schemas"]["PersonRef"];
            /** @description Purpose, when given. */
            purpose: string | null;
            /** @description The requester has still to say what for. */
            purpose_needed: boolean;
            what: components["schemas"]["What"];
            chain: components["schemas"]["LevelStatus"][];
            /**
             * Format: date-time
             * @description When the hold was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the purpose was given.
             */
            submitted_at: string | null;
            /**
             * Format: date-time
             * @description Since when the current level is waited for.
             */
            waiting_since: string | null;
            /**
             * Format: date-time
             * @description When it lapses if undecided.
             */
            lapses_at: string | null;
            /**
             * Format: date-time
             * @description Until when it may be downloaded.
             */
            redeem_until: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            decided_at: string | null;
            timeline: components["schemas"]["TimelineEntry"][];
            actions: components["schemas"]["Actions"];
        };
        /** @description The first rows, masked as the viewer may see them. */
        Sample: {
            columns: string[];
            rows: (string | null)[][];
            note_code: null | components["schemas"]["SampleNote"];
        };
        /** @description Say what for. */
        SubmitRequest: {
            /**
             * Format: int64
             * @description Version seen.
             */
            version: number;
            /** @description What for. */
            purpose: string;
            /** @description Same key, same outcome. */
            idempotency_key?: string;
        };
        /** @description A decision. */
        DecisionRequest: {
            /**
             * Format: int64
             * @description Version seen.
             */
            version: number;
            /** @description Comment; a rejection needs one. */
            comment?: string | null;
            /** @description Same key, same outcome. */
            idempotency_key?: string;
        };
        /** @description RFC 9457 problem. */
        Problem: {
            /** @description Kind of problem, a URI. */
            type: string;
            /** @description Short text in English. */
            title: string;
            /** Format: int32 */
            status: number;
            /** @description More. */
            detail?: string | null;
            code: components["schemas"]["ProblemCode"];
            reason_code?: null | components["schemas"]["ReasonCode"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            /** @description The session; sets the cookie. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description Wrong account or password. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many tries. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listApprovals: {
        parameters: {
            query: {
                /** @description `to_decide`: what waits for the viewer, longest first. */
                view: "to_decide" | "mine" | "history";
                /** @description From the page before. */
                cursor?: string;
                /** @description Items on a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDetail"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSample: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sample"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitRequest"];
            };
        };
        responses: {
            /** @description The request after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDetail"];
                };
            };
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused; `reason_code` says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody was faster (`conflict`). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approveApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecisionRequest"];
            };
        };
        responses: {
            /** @description The request after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDetail"];
                };
            };
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused; `reason_code` says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody was faster (`conflict`). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rejectApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecisionRequest"];
            };
        };
        responses: {
            /** @description The request after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDetail"];
                };
            };
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused; `reason_code` says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody was faster (`conflict`). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecisionRequest"];
            };
        };
        responses: {
            /** @description The request after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDetail"];
                };
            };
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused; `reason_code` says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody was faster (`conflict`). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description A form of another site cannot send it. */
                "X-Overcoat-Request": "1";
            };
            path: {
                /** @description Approval id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecisionRequest"];
            };
        };
        responses: {
            /** @description The request after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalDetail"];
                };
            };
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused; `reason_code` says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not there, or not yours to see. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody was faster (`conflict`). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
