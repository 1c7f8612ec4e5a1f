// What the shell of every launch runs.

import "./forms.js";
import "./frame.js";
import "./router.js";
