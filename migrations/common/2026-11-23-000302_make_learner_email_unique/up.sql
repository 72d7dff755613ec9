-- A learner signs in with the address, so of our own persons only one may have it. The form says so; this stops the race.
CREATE UNIQUE INDEX profile_by_learner_email ON profile (email_folded) WHERE kind = 'person' AND origin = 'own';
