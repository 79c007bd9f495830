"""What programs that talk to a Zhitui 知推 need; see `zhitui.client`. The program itself lies in `services`."""
