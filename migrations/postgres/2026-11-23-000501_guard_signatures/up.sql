CREATE TRIGGER signed_form_frozen BEFORE UPDATE ON signed_form FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signing_key_frozen BEFORE UPDATE OF id, number, profile_id, of_publisher, purpose, algorithm, public_key, created_at ON signing_key
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signing_key_no_delete BEFORE DELETE ON signing_key FOR EACH ROW EXECUTE FUNCTION refuse_change();
