"""Files that people add as evidence: checked, stored beside the database or on S3-compatible storage."""
