//! The tables as diesel knows them; the same on both databases. Kept by hand beside `migrations/`.
#![allow(missing_docs)]

diesel::table! {
    profile (id) {
        id -> Text,
        iri -> Text,
        kind -> Text,
        origin -> Text,
        name -> Text,
        given_name -> Nullable<Text>,
        additional_name -> Nullable<Text>,
        family_name -> Nullable<Text>,
        official -> Nullable<Text>,
        description -> Nullable<Text>,
        email -> Nullable<Text>,
        email_folded -> Nullable<Text>,
        telephone -> Nullable<Text>,
        url -> Nullable<Text>,
        image -> Nullable<Text>,
        sourced_id -> Nullable<Text>,
        student_id -> Nullable<Text>,
        birth_date -> Nullable<Date>,
        entered_on -> Nullable<Date>,
        address -> Text,
        parent_id -> Nullable<Text>,
        identifiers -> Text,
        extensions -> Text,
        sort_name -> Text,
        search_text -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    staff (id) {
        id -> Text,
        email -> Text,
        email_folded -> Text,
        name -> Text,
        role -> Text,
        office_id -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    one_time_link (secret_hash) {
        secret_hash -> Text,
        purpose -> Text,
        staff_id -> Nullable<Text>,
        learner_id -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    session (key_hash) {
        key_hash -> Text,
        staff_id -> Nullable<Text>,
        learner_id -> Nullable<Text>,
        state -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    kept_form (secret_hash) {
        secret_hash -> Text,
        staff_id -> Text,
        address -> Text,
        body -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    achievement (id) {
        id -> Text,
        iri -> Text,
        origin -> Text,
        code -> Nullable<Text>,
        name -> Text,
        title -> Nullable<Text>,
        achievement_type -> Text,
        description -> Nullable<Text>,
        criteria -> Nullable<Text>,
        criteria_url -> Nullable<Text>,
        credits_available -> Nullable<Double>,
        field_of_study -> Nullable<Text>,
        level -> Nullable<Text>,
        specialization -> Nullable<Text>,
        image -> Nullable<Text>,
        tags -> Text,
        issuer_id -> Text,
        identifiers -> Text,
        extensions -> Text,
        version -> Integer,
        retired_at -> Nullable<Timestamp>,
        sort_name -> Text,
        search_text -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    achievement_version (achievement_id, number) {
        achievement_id -> Text,
        number -> Integer,
        content -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    rubric (id) {
        id -> Text,
        achievement_id -> Text,
        name -> Text,
        position -> Integer,
        created_at -> Timestamp,
        revision -> Integer,
        sort_name -> Text,
        search_text -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    result_description (id) {
        id -> Text,
        iri -> Text,
        achievement_id -> Text,
        rubric_id -> Nullable<Text>,
        name -> Text,
        result_type -> Text,
        allowed_values -> Text,
        required_value -> Nullable<Text>,
        required_level_id -> Nullable<Text>,
        value_min -> Nullable<Text>,
        value_max -> Nullable<Text>,
        position -> Integer,
        created_at -> Timestamp,
        extensions -> Text,
        revision -> Integer,
        sort_name -> Text,
        search_text -> Text,
        updated_at -> Timestamp,
        removed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    rubric_criterion_level (id) {
        id -> Text,
        iri -> Text,
        result_description_id -> Text,
        name -> Text,
        description -> Nullable<Text>,
        level -> Nullable<Text>,
        points -> Nullable<Text>,
        position -> Integer,
        created_at -> Timestamp,
        extensions -> Text,
        revision -> Integer,
        sort_name -> Text,
        search_text -> Text,
        updated_at -> Timestamp,
        removed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    alignment (id) {
        id -> Text,
        achievement_id -> Nullable<Text>,
        result_description_id -> Nullable<Text>,
        rubric_criterion_level_id -> Nullable<Text>,
        target_name -> Text,
        target_url -> Text,
        target_code -> Nullable<Text>,
        target_description -> Nullable<Text>,
        target_framework -> Nullable<Text>,
        target_type -> Nullable<Text>,
        position -> Integer,
        created_at -> Timestamp,
        iri -> Nullable<Text>,
        extensions -> Text,
        revision -> Integer,
        sort_name -> Text,
        search_text -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    association (id) {
        id -> Text,
        achievement_id -> Text,
        association_type -> Text,
        target_iri -> Text,
        target_id -> Nullable<Text>,
        title -> Text,
        position -> Integer,
        created_at -> Timestamp,
        extensions -> Text,
        revision -> Integer,
        sort_name -> Text,
        search_text -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    event (id) {
        id -> Text,
        achievement_id -> Text,
        code -> Text,
        host_id -> Text,
        areas -> Text,
        place -> Nullable<Text>,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        time_zone -> Text,
        capacity -> Nullable<Integer>,
        series -> Nullable<Text>,
        is_public -> Bool,
        cancelled_at -> Nullable<Timestamp>,
        cancelled_reason -> Nullable<Text>,
        sort_name -> Text,
        search_text -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    attendance (id) {
        id -> Text,
        event_id -> Text,
        learner_id -> Text,
        status -> Text,
        source -> Text,
        reason -> Nullable<Text>,
        happened_at -> Nullable<Timestamp>,
        recorded_by -> Text,
        recorded_by_id -> Nullable<Text>,
        recorded_at -> Timestamp,
        entry_key -> Nullable<Text>,
    }
}

diesel::table! {
    presence (event_id, learner_id) {
        event_id -> Text,
        learner_id -> Text,
        status -> Text,
        attendance_id -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    progress_mark (learner_id) {
        learner_id -> Text,
        marked_at -> Timestamp,
    }
}

diesel::table! {
    parked_attendance (id) {
        id -> Text,
        event_id -> Text,
        typed -> Text,
        status -> Text,
        source -> Text,
        happened_at -> Nullable<Timestamp>,
        recorded_by -> Text,
        recorded_by_id -> Nullable<Text>,
        recorded_at -> Timestamp,
        entry_key -> Nullable<Text>,
        settled_at -> Nullable<Timestamp>,
        settled_by -> Nullable<Text>,
        learner_id -> Nullable<Text>,
        dismissed_reason -> Nullable<Text>,
        why -> Text,
    }
}

diesel::table! {
    learner_card (card_folded) {
        card_folded -> Text,
        card -> Text,
        learner_id -> Text,
        added_by -> Text,
        added_at -> Timestamp,
    }
}

diesel::table! {
    term (id) {
        id -> Text,
        name -> Text,
        name_folded -> Text,
        kind -> Text,
        starts_on -> Date,
        ends_on -> Date,
        created_at -> Timestamp,
    }
}

diesel::table! {
    assertion (id) {
        id -> Text,
        iri -> Text,
        origin -> Text,
        learner_id -> Text,
        achievement_id -> Text,
        issued_at -> Nullable<Timestamp>,
        conferral_date -> Date,
        expires_on -> Nullable<Date>,
        activity_start -> Nullable<Date>,
        activity_end -> Nullable<Date>,
        credits_earned -> Nullable<Double>,
        license_number -> Nullable<Text>,
        narrative -> Nullable<Text>,
        role -> Nullable<Text>,
        term -> Nullable<Text>,
        image -> Nullable<Text>,
        source_id -> Nullable<Text>,
        kept_cedid -> Nullable<Text>,
        extensions -> Text,
        learner_sort -> Text,
        achievement_sort -> Text,
        search_text -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        achievement_version -> Nullable<Integer>,
        standing -> Text,
        valid_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    result (id) {
        id -> Text,
        iri -> Text,
        assertion_id -> Text,
        result_description_id -> Text,
        achieved_level_id -> Nullable<Text>,
        value -> Nullable<Text>,
        status -> Nullable<Text>,
        position -> Integer,
        created_at -> Timestamp,
        alignments -> Text,
        extensions -> Text,
        revision -> Integer,
    }
}

diesel::table! {
    evidence (id) {
        id -> Text,
        iri -> Text,
        assertion_id -> Text,
        name -> Text,
        audience -> Nullable<Text>,
        description -> Nullable<Text>,
        genre -> Nullable<Text>,
        narrative -> Nullable<Text>,
        artifacts -> Text,
        position -> Integer,
        created_at -> Timestamp,
        extensions -> Text,
        revision -> Integer,
        sort_name -> Text,
        search_text -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    evidence_file (id) {
        id -> Text,
        public_id -> Text,
        assertion_id -> Text,
        evidence_id -> Text,
        name -> Text,
        media_type -> Text,
        size -> Integer,
        sha256 -> Text,
        created_at -> Timestamp,
        content -> Binary,
    }
}

diesel::table! {
    credential (id) {
        id -> Text,
        kind -> Text,
        assertion_id -> Nullable<Text>,
        learner_id -> Text,
        achievement_id -> Nullable<Text>,
        cedid -> Text,
        cedid_folded -> Text,
        facts -> Text,
        issued_at -> Timestamp,
        conferral_date -> Date,
        expires_at -> Nullable<Timestamp>,
        status -> Text,
        status_since -> Nullable<Timestamp>,
        public_reason -> Nullable<Text>,
        internal_note -> Nullable<Text>,
        replaces_id -> Nullable<Text>,
        replaced_by_id -> Nullable<Text>,
        clr_id -> Nullable<Text>,
    }
}

diesel::table! {
    clr (id) {
        id -> Text,
        iri -> Text,
        origin -> Text,
        learner_id -> Text,
        publisher_id -> Text,
        name -> Nullable<Text>,
        takes_all -> Bool,
        partial -> Bool,
        number -> Nullable<Integer>,
        issued_at -> Nullable<Timestamp>,
        document -> Nullable<Binary>,
        media_type -> Nullable<Text>,
        extensions -> Text,
        learner_sort -> Text,
        search_text -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        standing -> Text,
    }
}

diesel::table! {
    clr_assertion (clr_id, assertion_id) {
        clr_id -> Text,
        assertion_id -> Text,
        position -> Integer,
    }
}

diesel::table! {
    endorsement (id) {
        id -> Text,
        iri -> Text,
        origin -> Text,
        profile_id -> Nullable<Text>,
        achievement_id -> Nullable<Text>,
        assertion_id -> Nullable<Text>,
        clr_id -> Nullable<Text>,
        issuer_id -> Text,
        issued_on -> Timestamp,
        comment -> Nullable<Text>,
        revoked_at -> Nullable<Timestamp>,
        revocation_reason -> Nullable<Text>,
        signed -> Nullable<Text>,
        extensions -> Text,
        position -> Integer,
        issuer_sort -> Text,
        search_text -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        frozen -> Nullable<Text>,
    }
}

diesel::table! {
    credential_document (credential_id, format) {
        credential_id -> Text,
        format -> Text,
        content -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_entry (seq) {
        seq -> BigInt,
        at -> Timestamp,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        actor_role -> Nullable<Text>,
        action -> Text,
        object_kind -> Text,
        object_id -> Text,
        changes -> Text,
        request_id -> Nullable<Text>,
        actor_salt -> Nullable<Text>,
        actor_digest -> Nullable<Text>,
        changes_salt -> Nullable<Text>,
        changes_digest -> Nullable<Text>,
        hash -> Nullable<Text>,
    }
}

diesel::table! {
    audit_checkpoint (seq) {
        seq -> BigInt,
        at -> Timestamp,
        hash -> Text,
        key_id -> Text,
        token -> Text,
    }
}

diesel::table! {
    audit_unchained (until_seq) {
        until_seq -> BigInt,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        kind -> Text,
        learner_id -> Nullable<Text>,
        credential_id -> Nullable<Text>,
        recipient -> Text,
        recipient_name -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        state -> Text,
        attempts -> Integer,
        next_attempt_at -> Timestamp,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    erasure (id) {
        id -> Text,
        learner_id -> Text,
        reason -> Text,
        state -> Text,
        made_by -> Text,
        made_at -> Timestamp,
    }
}

diesel::table! {
    learner_merge (id) {
        id -> Text,
        kept_id -> Text,
        merged_id -> Text,
        reason -> Text,
        state -> Text,
        moved -> Text,
        made_by -> Text,
        made_at -> Timestamp,
        undone_by -> Nullable<Text>,
        undone_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    import (id) {
        id -> Text,
        kind -> Text,
        file_name -> Text,
        file_hash -> Text,
        content -> Binary,
        state -> Text,
        summary -> Text,
        made_by -> Text,
        made_by_id -> Nullable<Text>,
        created_at -> Timestamp,
        done_at -> Nullable<Timestamp>,
        undone_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    import_object (import_id, object_kind, object_id) {
        import_id -> Text,
        object_kind -> Text,
        object_id -> Text,
        digest -> Text,
        revision -> Integer,
        before -> Nullable<Binary>,
        position -> Integer,
    }
}

diesel::table! {
    publisher_claim (iri) {
        iri -> Text,
        claimed_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    tombstone (cedid) {
        cedid -> Text,
        cedid_folded -> Text,
        iri -> Text,
        buried_at -> Timestamp,
    }
}

diesel::table! {
    status_list (id) {
        id -> Text,
        issuer_id -> Text,
        secret -> Binary,
        given -> Integer,
        created_at -> Timestamp,
        content -> Nullable<Binary>,
        made_of -> Nullable<Text>,
        signed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    received_award (assertion_id) {
        assertion_id -> Text,
        content -> Text,
        drafted -> Nullable<Text>,
    }
}

diesel::table! {
    status_place (list_id, place) {
        list_id -> Text,
        place -> Integer,
        credential_id -> Text,
        document_id -> Text,
    }
}

diesel::table! {
    record_refresh (fingerprint) {
        fingerprint -> Text,
        learner_id -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    signing_key (id) {
        id -> Text,
        number -> Integer,
        profile_id -> Text,
        of_publisher -> Bool,
        purpose -> Text,
        algorithm -> Text,
        state -> Text,
        public_key -> Binary,
        wrapped -> Nullable<Binary>,
        created_at -> Timestamp,
        activated_at -> Nullable<Timestamp>,
        retired_at -> Nullable<Timestamp>,
        compromised_at -> Nullable<Timestamp>,
        compromised_since -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    signed_form (document_id, form) {
        document_id -> Text,
        form -> Text,
        credential_id -> Nullable<Text>,
        key_id -> Text,
        content -> Binary,
        sha256 -> Text,
        signed_at -> Timestamp,
    }
}

diesel::joinable!(assertion -> achievement (achievement_id));
diesel::joinable!(rubric -> achievement (achievement_id));
diesel::joinable!(event -> achievement (achievement_id));
diesel::joinable!(attendance -> event (event_id));
diesel::joinable!(presence -> event (event_id));
diesel::allow_columns_to_appear_in_same_group_by_clause!(event::host_id, presence::status);

diesel::table! {
    hold (id) {
        id -> Text,
        learner_id -> Text,
        kind -> Text,
        reason_code -> Text,
        reason -> Nullable<Text>,
        internal_note -> Nullable<Text>,
        starts_at -> Timestamp,
        ends_at -> Nullable<Timestamp>,
        placed_by -> Text,
        placed_at -> Timestamp,
        lifted_at -> Nullable<Timestamp>,
        lifted_by -> Nullable<Text>,
        lifted_reason -> Nullable<Text>,
        revision -> Integer,
    }
}

diesel::table! {
    kept_by_learner (learner_id) {
        learner_id -> Text,
        body -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    share (id) {
        id -> Text,
        learner_id -> Text,
        fingerprint -> Text,
        iri -> Text,
        recipient -> Text,
        purpose -> Text,
        with_pdf -> Bool,
        with_json -> Bool,
        with_vc -> Bool,
        signed_in_as -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        off_at -> Nullable<Timestamp>,
        off_by -> Nullable<Text>,
        off_by_learner -> Bool,
        off_reason -> Nullable<Text>,
        revision -> Integer,
    }
}

diesel::table! {
    share_award (share_id, credential_id) {
        share_id -> Text,
        credential_id -> Text,
        taken_out_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    disclosure (id) {
        id -> Text,
        learner_id -> Text,
        share_id -> Text,
        basis -> Text,
        form -> Text,
        at -> Timestamp,
    }
}

diesel::joinable!(disclosure -> share (share_id));

diesel::table! {
    program (id) {
        id -> Text,
        achievement_id -> Text,
        office_id -> Text,
        rule_in_force -> Nullable<Integer>,
        newest_rule -> Integer,
        result_value -> Nullable<Text>,
        sort_name -> Text,
        search_text -> Text,
        evaluated_at -> Nullable<Timestamp>,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    program_rule (program_id, number) {
        program_id -> Text,
        number -> Integer,
        rule -> Text,
        made_by -> Text,
        made_at -> Timestamp,
        in_force_since -> Nullable<Timestamp>,
        in_force_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    program_progress (program_id, learner_id) {
        program_id -> Text,
        learner_id -> Text,
        state -> Text,
        counted -> Integer,
        lacking -> Integer,
        detail -> Text,
        learner_sort -> Text,
    }
}

diesel::table! {
    conferral (id) {
        id -> Text,
        program_id -> Text,
        rule_number -> Integer,
        state -> Text,
        conferral_date -> Date,
        term -> Nullable<Text>,
        notify -> Bool,
        needs_second -> Bool,
        members -> Integer,
        prepared_by -> Text,
        prepared_by_id -> Nullable<Text>,
        prepared_at -> Timestamp,
        decided_by -> Nullable<Text>,
        decided_by_id -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        refusal -> Nullable<Text>,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    conferral_member (conferral_id, learner_id) {
        conferral_id -> Text,
        learner_id -> Text,
        learner_sort -> Text,
        counted -> Integer,
        outcome -> Text,
        why -> Nullable<Text>,
    }
}

diesel::table! {
    program_award (program_id, learner_id) {
        program_id -> Text,
        learner_id -> Text,
        assertion_id -> Text,
        conferral_id -> Text,
        rule_number -> Integer,
        events -> Text,
        awarded_at -> Timestamp,
    }
}

diesel::table! {
    award_flag (id) {
        id -> Text,
        program_id -> Text,
        learner_id -> Text,
        assertion_id -> Text,
        learner_sort -> Text,
        what -> Text,
        still_earned -> Bool,
        raised_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
        settled_by -> Nullable<Text>,
        decision -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    attendance_dispute (id) {
        id -> Text,
        event_id -> Text,
        learner_id -> Text,
        said -> Text,
        status_then -> Nullable<Text>,
        raised_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
        settled_by -> Nullable<Text>,
        granted -> Nullable<Bool>,
        answer -> Nullable<Text>,
    }
}

/// Tables that stand in one query. Only those that do: each pair costs the compiler ten implementations, and every table
/// with every other cost a third of a build.
macro_rules! together {
    ($($left:ident: $($right:ident)+;)+) => {$($(
        diesel::allow_tables_to_appear_in_same_query!($left, $right);
    )+)+};
}

together! {
    achievement: achievement_version alignment assertion association attendance attendance_dispute award_flag clr clr_assertion conferral credential endorsement event evidence import_object parked_attendance presence profile program program_progress result result_description rubric rubric_criterion_level signing_key staff;
    achievement_version: assertion;
    alignment: assertion association result result_description rubric rubric_criterion_level;
    assertion: association award_flag clr clr_assertion credential endorsement erasure event evidence evidence_file hold import_object profile program_award record_refresh result result_description rubric_criterion_level share signed_form staff;
    association: attendance attendance_dispute clr clr_assertion endorsement event parked_attendance presence profile program result_description rubric rubric_criterion_level;
    attendance: event parked_attendance presence profile;
    attendance_dispute: event profile;
    audit_entry: audit_unchained clr credential session signing_key staff;
    award_flag: profile program;
    clr: clr_assertion credential credential_document endorsement event import_object profile session staff;
    clr_assertion: credential endorsement import_object profile;
    conferral: conferral_member profile program;
    conferral_member: hold profile;
    credential: endorsement erasure evidence_file hold profile program_award record_refresh share signed_form signing_key staff status_list status_place;
    disclosure: profile share;
    endorsement: erasure evidence_file hold import_object profile record_refresh share signed_form signing_key;
    erasure: evidence_file hold record_refresh share signed_form;
    event: parked_attendance presence profile program staff;
    evidence_file: hold record_refresh share signed_form;
    hold: profile program_progress record_refresh share signed_form;
    import: import_object;
    import_object: profile;
    kept_by_learner: kept_form;
    learner_merge: profile;
    parked_attendance: presence;
    presence: profile;
    profile: program program_award program_progress publisher_claim result result_description rubric_criterion_level share signing_key staff;
    program: program_award program_progress program_rule;
    record_refresh: share signed_form;
    result: result_description rubric_criterion_level;
    result_description: rubric rubric_criterion_level;
    rubric: rubric_criterion_level;
    share: share_award signed_form;
    signed_form: signing_key;
    signing_key: staff;
    status_list: status_place;
}
