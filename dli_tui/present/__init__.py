"""From the domain to what is shown: words, cells and columns. Pure, and made safe to show."""
