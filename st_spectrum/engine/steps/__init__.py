"""One record on its way: decided, claimed, sent step by step, looked up after a doubt, closed."""
