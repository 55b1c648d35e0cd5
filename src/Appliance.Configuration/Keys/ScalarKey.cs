namespace Appliance.Configuration.Keys;

/// <summary>One value.</summary>
internal record ScalarKey(string Name, ValueKind Kind) : Key(Name)
{
    public override string Expected => Kind.Expected;
}
