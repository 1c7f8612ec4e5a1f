// What the shell of every launch runs.

import "./address.js";
import "./celebration.js";
import "./forms.js";
import "./frame.js";
import "./news.js";
import "./router.js";
