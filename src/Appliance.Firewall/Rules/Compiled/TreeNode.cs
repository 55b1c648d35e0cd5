namespace Appliance.Firewall;

/// <summary>
/// A node of a <see cref="RuleTree"/>: a packet goes to the child of its class, and to the rest as well. A leaf has no dimension (-1), and its
/// boxes instead of classes.
/// </summary>
/// <param name="Dimension">By which the node divides.</param>
/// <param name="First">Where its starts stand; of a leaf, its first box.</param>
/// <param name="Count">Classes; of a leaf, boxes.</param>
/// <param name="Children">Where its children stand, a node for each class or -1.</param>
/// <param name="Rest">A node or -1.</param>
internal readonly record struct TreeNode(int Dimension, int First, int Count, int Children, int Rest)
{
    public bool IsLeaf => Dimension < 0;
}
