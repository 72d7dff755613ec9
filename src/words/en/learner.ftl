# Words of the learner room.
