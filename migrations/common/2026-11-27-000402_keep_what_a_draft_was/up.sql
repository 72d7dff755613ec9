-- What the form showed of an award from elsewhere when it came in: whatever is the same when it is issued was not changed
-- here, and is said as it came.
ALTER TABLE received_award ADD COLUMN drafted TEXT;
