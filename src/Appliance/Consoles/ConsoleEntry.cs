namespace Appliance.Consoles;

/// <summary>A line of the menu.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="Act">What it does; asks and answers at the same terminal.</param>
internal readonly record struct ConsoleEntry(string Name, Action Act);
