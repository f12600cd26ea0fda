// Loaded before the page is drawn: the style sheet may fold the menu away only when a script can open it.
document.documentElement.classList.add("js");
