"""Files in a run's working folder by which a function and its service understand each other."""

OUTPUTS_FILE = ".tarry/outputs.json"
FILES_FOLDER = ".tarry/outputs"
PAGE_FILE = ".tarry/page.html"
PROGRESS_FILE = ".tarry/progress"
PICTURE_FILE = ".tarry/picture"
