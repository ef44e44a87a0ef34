"""What the processes of an emgrig rig share: one room per concern, floors that look down."""
