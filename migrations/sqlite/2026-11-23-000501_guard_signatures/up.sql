CREATE TRIGGER signed_form_frozen BEFORE UPDATE ON signed_form BEGIN SELECT RAISE(ABORT, 'what was signed is never changed'); END;
CREATE TRIGGER signing_key_frozen BEFORE UPDATE OF id, number, profile_id, of_publisher, purpose, algorithm, public_key, created_at ON signing_key
  BEGIN SELECT RAISE(ABORT, 'the public half of a key is never changed'); END;
CREATE TRIGGER signing_key_no_delete BEFORE DELETE ON signing_key BEGIN SELECT RAISE(ABORT, 'the public half of a key is never deleted'); END;
