using System.Globalization;
using ActorMig.Actors.Tests;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>The campaign's checks and faults are good for something: each wrong protocol is noticed, within a thousand seeds at most.</summary>
public sealed class SabotageTests(ITestOutputHelper output)
{
    private const int SeedsMax = 1_000;
    private const int SeedsOfQuickOnes = 50;

    private static readonly (Func<Sabotage> Make, bool IsQuick)[] s_all =
    [
        (() => new GrantSentBeforeItIsDurable(), true),
        (() => new ConfirmNotDurable(), true),
        (() => new LeaseIgnoredByTheGranter(), true),
        (() => new LeaseIgnoredByTheSource(), false),
        (() => new LeaseByTheWallClock(), false),
        (() => new ChargeDroppedWithTheLease(), false),
        (() => new ChargedOnOneSideOnly(), true),
        (() => new RoomNotLookedAt(), true),
        (() => new TieOfCrossingOffersNotBroken(), false),
        (() => new OldStepTakenForANewOne(), false),
        (() => new OldStatementTakenForANewOne(), false),
        (() => new ForeignIncarnationAccepted(), false),
        (() => new UnknownBarterGranted(), false),
        (() => new UnknownBarterConfirmed(), false),
        (() => new SourceResumedAfterTheSwitch(), true),
        (() => new SourceResumedOnSilence(), true),
        (() => new LostFinishTakenForSuccess(), true),
        (() => new UnattendedCompletionTakenForFailure(), false),
        (() => new DefinitionLeftOnTheSource(), false),
        (() => new AutostartLeftOn(), true),
        (() => new AutostartNotCarried(), true),
        (() => new ForeignJobTouched(), false),
        (() => new JournalTrustedOverLibvirt(), true),
        (() => new GaplessWithoutHavingLooked(), false),
        (() => new AppliedBeforeDurable(), true),
        (() => new CoolDownNotCarried(), true),
        (() => new SecondLegBeforeTheFirstHasSettled(), true),
        (() => new ConfirmationForgotten(), true),
        (() => new ChargesForgotten(), true),
        (() => new DoubleRunIgnored(), false),
        (() => new RemnantDestroyedUnseen(), true),
        (() => new CalledBeforeItIsDurable(), true),
        (() => new SwitchNotIntended(), true),
        (() => new FreezeNotHeeded(), true),
        (() => new DrainNotHeeded(), true),
        (() => new BrakeToldOnce(), true),
        (() => new TornApart(), true),
        (() => new PutWhereItMayNotBe(), true),
        (() => new MovedAtAnyHour(), true),
        (() => new NotSpared(), true),
    ];

    public static TheoryData<string> Quick() => [.. s_all.Where(s => s.IsQuick).Select(s => s.Make().GetType().Name)];

    public static TheoryData<string> All() => [.. Shard.Of(s_all.Select(s => s.Make().GetType().Name))];

    [Theory]
    [MemberData(nameof(Quick))]
    public void A_sabotage_is_noticed_soon(string name) => AssertNoticed(name, SeedsOfQuickOnes);

    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(All))]
    public void A_sabotage_is_noticed_within_a_thousand_seeds(string name) => AssertNoticed(name, SeedsMax);

    private void AssertNoticed(string name, int seedsMax)
    {
        var make = s_all.First(s => s.Make().GetType().Name == name).Make;
        for (var seed = 1; seed <= seedsMax; seed++)
        {
            var result = CampaignRun.Play(CampaignDraw.Of((ulong)seed), host =>
            {
                var sabotage = make();
                sabotage.Host = host;
                return sabotage;
            }, TestContext.Current.CancellationToken);
            if (result.Violation is { } violation && CampaignRun.Play(CampaignDraw.Of((ulong)seed), null, TestContext.Current.CancellationToken).Violation is null)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40} noticed by seed {seed,4}: {violation}"));
                return;
            }
        }

        Assert.Fail($"{name} was not noticed in {seedsMax} seeds.");
    }
}
