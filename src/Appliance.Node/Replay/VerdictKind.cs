namespace Appliance.Node;

/// <summary>What became of a frame that arrived, in the words of traces and scenarios.</summary>
public enum VerdictKind : byte
{
    None,               // nothing yet
    Pass,               // at least one frame left because this one was forwarded
    Block,              // the policy refused it
    Drop,               // anything else ended it
    Consume,            // a function of the appliance took it
}
