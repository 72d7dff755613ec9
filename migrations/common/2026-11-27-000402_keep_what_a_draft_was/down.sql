ALTER TABLE received_award DROP COLUMN drafted;
