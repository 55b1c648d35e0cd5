namespace Appliance.Firewall;

/// <summary>
/// A state has a key on each side of its translation, and every frame looks at one of them: what comes in at the wire's, what goes out
/// at the stack's (pf's PF_SK_WIRE and PF_SK_STACK). Without translation both are the same key.
/// </summary>
[Flags]
public enum FlowSide : byte
{
    None = 0,
    Wire = 1,                   // as on the port's wire
    Stack = 2,                  // as inside the appliance
    Both = Wire | Stack,
}
