namespace Appliance.Firewall;

/// <summary>A source whose states are counted together.</summary>
/// <param name="Address">IPv4 addresses are the low 32 bits.</param>
/// <param name="IsV6">The family.</param>
/// <param name="Account">Of the rule that counts for itself; 0: of all rules that count together (<c>source-track global</c>).</param>
internal readonly record struct SourceKey(UInt128 Address, bool IsV6, ushort Account);
