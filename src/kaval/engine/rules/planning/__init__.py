"""Who goes where and when: sunrise and legal gates, teams from officers, routes from sites, and a second
opinion."""
