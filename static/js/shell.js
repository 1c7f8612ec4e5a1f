// What the shell of every launch runs.

import "./forms.js";
import "./frame.js";
import "./news.js";
import "./router.js";
