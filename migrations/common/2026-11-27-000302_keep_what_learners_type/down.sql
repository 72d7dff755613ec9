DROP TABLE kept_by_learner;
