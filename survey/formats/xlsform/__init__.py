"""XLSForm, the workbook in which ODK, Kobo and SurveyCTO define a form. Entry points: `read`, `write`."""
