"""The commands behind `st-spectrum`, one module for each group; `cli` only names them."""
