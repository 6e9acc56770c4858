"""From a store to judgements: readings and facts are gathered, ``insight`` thinks, and what was predicted is kept and scored."""
