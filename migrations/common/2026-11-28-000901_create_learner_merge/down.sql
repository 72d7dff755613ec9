DROP TABLE learner_merge;
