"""The craft of delivery: signing, the retry schedule, the address guard and the sending itself."""
