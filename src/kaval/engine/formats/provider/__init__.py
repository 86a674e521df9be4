"""Provider answers: who held an address (`LeaseRow`) and where the line is installed (`SubscriberRow`)."""
