namespace ActorMig.Hocon;

/// <summary>A period of the calendar: how long it is depends on when it begins.</summary>
/// <param name="Years">Years.</param>
/// <param name="Months">Months.</param>
/// <param name="Days">Days.</param>
public readonly record struct HoconPeriod(int Years, int Months, int Days);
