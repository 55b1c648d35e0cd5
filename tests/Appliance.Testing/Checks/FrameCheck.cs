namespace Appliance.Testing;

/// <summary>Looks at bytes and fails the test that they do not satisfy. Checks nest as headers do: see <see cref="FrameChecks"/>.</summary>
public delegate void FrameCheck(Span<byte> bytes);
