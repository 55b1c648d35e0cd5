namespace Appliance.Management;

/// <summary>Which end of a packet a filter's value is about.</summary>
internal enum FilterSide
{
    Either,
    Source,
    Destination,
    Both,
}
