"""Work on finished pages: merging, page numbers, watermarks, metadata, attachments."""
