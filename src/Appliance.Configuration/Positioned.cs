namespace Appliance.Configuration;

/// <summary>A value and where it was written.</summary>
internal readonly record struct Positioned<T>(T Value, TextPosition Position);
