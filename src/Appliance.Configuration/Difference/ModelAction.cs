namespace Appliance.Configuration;

/// <summary>
/// One step from a model to the next. <see cref="Subject" /> says which of its part it is (<c>wan</c>, <c>10.0.0.0/8</c>, <c>vhid 1 on
/// lan</c>), empty for what there is one of.
/// </summary>
public sealed record ModelAction(ModelChange Change, ModelPart Part, string Subject)
{
    public override string ToString() => $"{Change} {Part} {Subject}".TrimEnd();
}
