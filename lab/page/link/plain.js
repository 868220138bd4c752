// Linnet. Truth: nothing is written and nothing is told.
document.title += " ·";
