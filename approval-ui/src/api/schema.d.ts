// Generated from openapi.json by `npm run types`. Do not edit.

export interface paths {
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
    "/api/v1/approvals/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an approval back before it is used, with a reason. */
        post: operations["revokeApproval"];
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What the person may do here. */
        Abilities: {
            /** @description Levels of approval chains that this person may vote on. */
            approve_levels: string[];
            /** @description May see everybody's requests. */
            read_audit: boolean;
        };
        /** @description Whether a button may be pressed. */
        ActionState: {
            /** @description May be done by the viewer now. */
            allowed: boolean;
            reason_code: components["schemas"]["ReasonCode"] | null;
        };
        /** @description What the viewer may do. */
        Actions: {
            /** @description Say yes. */
            approve: components["schemas"]["ActionState"];
            /** @description Download it, once. */
            download: components["schemas"]["DownloadState"];
            /** @description Say no. */
            reject: components["schemas"]["ActionState"];
            /** @description Take the approval back before it is used. */
            revoke: components["schemas"]["ActionState"];
            /** @description Say what for. */
            submit: components["schemas"]["ActionState"];
            /** @description Take one's own request back. */
            withdraw: components["schemas"]["ActionState"];
        };
        /** @description A request. */
        ApprovalDetail: {
            /** @description What the viewer may do. */
            actions: components["schemas"]["Actions"];
            /** @description The chain, in order. */
            chain: components["schemas"]["LevelStatus"][];
            /**
             * Format: date-time
             * @description When the hold was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            decided_at: string | null;
            /** @description Approval id. */
            id: string;
            /**
             * Format: date-time
             * @description When it lapses if undecided.
             */
            lapses_at: string | null;
            /** @description Purpose, when given. */
            purpose: string | null;
            /** @description The requester has still to say what for. */
            purpose_needed: boolean;
            /**
             * Format: date-time
             * @description Until when it may be downloaded.
             */
            redeem_until: string | null;
            /** @description Who asks. */
            requester: components["schemas"]["PersonRef"];
            /** @description State. */
            state: components["schemas"]["ApprovalState"];
            /**
             * Format: date-time
             * @description When the purpose was given.
             */
            submitted_at: string | null;
            /** @description What happened, oldest first. */
            timeline: components["schemas"]["TimelineEntry"][];
            /**
             * Format: int64
             * @description Version for compare-and-set.
             */
            version: number;
            /**
             * Format: date-time
             * @description Since when the current level is waited for.
             */
            waiting_since: string | null;
            /** @description What would leave. */
            what: components["schemas"]["What"];
        };
        /** @description A page of a list. */
        ApprovalPage: {
            /** @description The items. */
            items: components["schemas"]["ApprovalSummary"][];
            /** @description Pass it as `cursor` for the next page; null at the end. */
            next_cursor: string | null;
            /**
             * Format: int64
             * @description How many there are in this view.
             */
            total: number;
        };
        /**
         * @description State of an approval. `held`: sealed, waits for its purpose.
         * @enum {string}
         */
        ApprovalState: "held" | "pending" | "approved" | "redeemed" | "rejected" | "withdrawn" | "revoked" | "lapsed";
        /** @description One line of a list. */
        ApprovalSummary: {
            /**
             * Format: int64
             * @description Data classes released.
             */
            class_count: number;
            /**
             * Format: date-time
             * @description When the hold was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            decided_at: string | null;
            /** @description `csv`, `json`, `ndjson`, … */
            format: string;
            /** @description Approval id. */
            id: string;
            /**
             * Format: date-time
             * @description When it lapses, or when the download lapses once approved.
             */
            lapses_at: string | null;
            level: components["schemas"]["LevelRef"] | null;
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
            /** @description The most open rendering in which something would leave. */
            most_open: components["schemas"]["Rendering"];
            /** @description Purpose, when given. */
            purpose: string | null;
            /**
             * Format: int64
             * @description Records in the hold, when they could be counted.
             */
            records: number | null;
            /** @description Who asks. */
            requester: components["schemas"]["PersonRef"];
            /** @description State. */
            state: components["schemas"]["ApprovalState"];
            /**
             * Format: date-time
             * @description When the purpose was given.
             */
            submitted_at: string | null;
            /** @description The route's title in English. */
            title_en: string;
            /** @description What is asked for: the route's title in Chinese. */
            title_zh: string;
            /**
             * Format: int64
             * @description Version for compare-and-set.
             */
            version: number;
            /**
             * Format: date-time
             * @description Since when the current level is waited for.
             */
            waiting_since: string | null;
        };
        /** @description A decision. */
        DecisionRequest: {
            /** @description Comment; a rejection needs one. */
            comment?: string | null;
            /** @description Same key, same outcome: letters, digits, `-` and `_`. */
            idempotency_key?: string;
            /**
             * Format: int64
             * @description Version seen.
             */
            version: number;
        };
        /** @description Whether the export may be downloaded. */
        DownloadState: {
            /** @description May be downloaded by the viewer now. */
            allowed: boolean;
            reason_code: components["schemas"]["ReasonCode"] | null;
            /**
             * Format: uri
             * @description Address on the proxy's origin to POST to.
             */
            url: string | null;
        };
        /** @description A filter of the request to the CRM. */
        Filter: {
            /** @description Parameter name. */
            name: string;
            /** @description Its value, with everything sensitive masked. */
            value_shown: string;
        };
        /**
         * @description The languages of the pages.
         * @enum {string}
         */
        Language: "zh" | "en";
        /**
         * @description Where a level stands.
         * @enum {string}
         */
        LevelPosition: "waiting" | "current" | "done" | "rejected" | "skipped";
        /** @description A level of a chain. */
        LevelRef: {
            /** @description Level id. */
            level: string;
            /** @description In English. */
            title_en: string;
            /** @description In Chinese. */
            title_zh: string;
        };
        /** @description A level and where it stands. */
        LevelStatus: {
            /** @description Roles that may vote. */
            approvers: string[];
            /** @description Level id. */
            level: string;
            /**
             * Format: int64
             * @description How many people have to say yes.
             */
            quorum: number;
            /** @description Where it stands. */
            status: components["schemas"]["LevelPosition"];
            /** @description In English. */
            title_en: string;
            /** @description In Chinese. */
            title_zh: string;
            /** @description Who decided what. */
            votes: components["schemas"]["VoteInfo"][];
        };
        /** @description A person. */
        PersonRef: {
            /** @description Name shown to people. */
            display_name: string;
            /** @description Account id. */
            id: string;
            /** @description Role names at the time. */
            roles: string[];
        };
        /** @description RFC 9457 problem. */
        Problem: {
            /** @description The kind as a word. */
            code: components["schemas"]["ProblemCode"];
            /** @description More; never a value that the caller sent. */
            detail?: string | null;
            reason_code?: components["schemas"]["ReasonCode"] | null;
            /**
             * Format: int32
             * @description HTTP status.
             */
            status: number;
            /** @description Short text in English. */
            title: string;
            /** @description Kind of problem, a URI. */
            type: string;
        };
        /**
         * @description Kind of problem; the page translates it.
         * @enum {string}
         */
        ProblemCode: "bad_request" | "not_signed_in" | "wrong_credentials" | "too_many_attempts" | "forbidden" | "not_found" | "conflict" | "comment_required" | "purpose_required" | "cross_site" | "store_unavailable" | "audit_unavailable" | "internal";
        /**
         * @description Why an action may not be done now.
         * @enum {string}
         */
        ReasonCode: "own_request" | "not_your_level" | "already_voted" | "not_pending" | "purpose_needed" | "purpose_given" | "lapsed" | "not_requester" | "not_approved" | "not_revocable" | "already_redeemed" | "role_lost" | "policy_changed" | "conditions_not_met" | "hold_missing" | "not_allowed";
        /** @description A data class and how it would leave. */
        ReleasedClass: {
            /** @description Data class. */
            class: string;
            /**
             * Format: int64
             * @description How many values of it.
             */
            count: number | null;
            /** @description Level of sensitivity. */
            level: string;
            /** @description How it would leave. */
            rendering: components["schemas"]["Rendering"];
            /** @description In English. */
            title_en: string;
            /** @description In Chinese. */
            title_zh: string;
        };
        /**
         * @description How a value is shown, strictest first.
         * @enum {string}
         */
        Rendering: "redacted" | "generalised" | "partial" | "surrogate" | "clear";
        /** @description The first rows, masked as the viewer may see them. */
        Sample: {
            /** @description Column names. */
            columns: string[];
            note_code: components["schemas"]["SampleNote"] | null;
            /** @description Rows; null where a record has no such column. */
            rows: (string | null)[][];
        };
        /**
         * @description What there is to say about the sample.
         * @enum {string}
         */
        SampleNote: "masked_for_you" | "not_available" | "hold_destroyed" | "not_tabular";
        /** @description Who is signed in and what he may do here. */
        SessionInfo: {
            /** @description What he may do beside asking. */
            can: components["schemas"]["Abilities"];
            /** @description Language that fits the browser's `Accept-Language`. */
            language_default: components["schemas"]["Language"];
            /**
             * Format: uri
             * @description Origin of the proxy, where exports are downloaded.
             */
            proxy_url: string;
            /** @description The person. */
            subject: components["schemas"]["SubjectInfo"];
        };
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
        /** @description The person who is signed in. */
        SubjectInfo: {
            /** @description How sure we are: `none`, `asserted`, `password`, `multi_factor`. */
            assurance: string;
            /** @description Name shown to people. */
            display_name: string;
            /** @description Account id. */
            id: string;
            /** @description Role names, sorted. */
            roles: string[];
        };
        /** @description Say what for. */
        SubmitRequest: {
            /** @description Same key, same outcome: letters, digits, `-` and `_`. */
            idempotency_key?: string;
            /** @description What for. */
            purpose: string;
            /**
             * Format: int64
             * @description Version seen.
             */
            version: number;
        };
        /** @description Something that happened. */
        TimelineEntry: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Comment, reason or purpose. */
            comment: string | null;
            /** @description What. */
            kind: components["schemas"]["TimelineKind"];
            /** @description Level id. */
            level: string | null;
            /** @description Display name; null for Overcoat itself. */
            who: string | null;
        };
        /**
         * @description What happened.
         * @enum {string}
         */
        TimelineKind: "held" | "submitted" | "approved" | "rejected" | "level_completed" | "level_skipped" | "granted" | "withdrawn" | "revoked" | "lapsed" | "redeemed";
        /**
         * @description Yes or no.
         * @enum {string}
         */
        Verdict: "approve" | "reject";
        /** @description A vote. */
        VoteInfo: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Comment. */
            comment: string | null;
            /** @description Name shown to people. */
            display_name: string;
            /** @description Account id. */
            person: string;
            /** @description Yes or no. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description What would leave. */
        What: {
            /**
             * Format: int64
             * @description Size of the sealed answer in bytes.
             */
            bytes: number | null;
            /** @description Data classes, most open first. */
            classes: components["schemas"]["ReleasedClass"][];
            /** @description Filters of the request. */
            filters: components["schemas"]["Filter"][];
            /** @description `csv`, `json`, `ndjson`, … */
            format: string;
            /** @description Method of the request. */
            method: string;
            /** @description Canonical path, masked. */
            path: string;
            /**
             * Format: int64
             * @description Records.
             */
            records: number | null;
            /** @description Route of the catalog; `unlisted` if none. */
            route_id: string;
            /** @description The route's title in English. */
            title_en: string;
            /** @description The route's title in Chinese. */
            title_zh: string;
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
    approveApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description The store or the audit journal does not answer. */
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
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description The store or the audit journal does not answer. */
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
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description The store or the audit journal does not answer. */
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
            /** @description The store or the audit journal does not answer. */
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
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description The store or the audit journal does not answer. */
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
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description The store or the audit journal does not answer. */
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
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description Bad input. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
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
            /** @description From another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many sign-ins at once. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store or the audit journal does not answer. */
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
                /** @description `1`; a form of another site cannot send it. */
                "X-Overcoat-Request": string;
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
            /** @description From another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store or the audit journal does not answer. */
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
