"""Files in a run's working folder by which a function and its service understand each other."""

OUTPUTS_FILE = ".tarry/outputs.json"
FILES_FOLDER = ".tarry/outputs"
PAGE_FILE = ".tarry/page.html"
PICTURES_FILE = ".tarry/pictures.json"
PICTURES_FOLDER = ".tarry/pictures"
