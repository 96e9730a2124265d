package dev.baton.planted.driver;

import dev.baton.planted.KnowsTheRegister;

/** A driver that knows the API above it. */
public final class KnowsTheApi extends KnowsTheRegister {}
