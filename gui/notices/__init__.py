"""What reaches a person away from the window: desktop notices, and a computer that stays awake while a run goes on."""
