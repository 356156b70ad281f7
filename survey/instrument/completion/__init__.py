"""Complete SurveyJS files as people write them. Entry point: `complete`."""
