import { faultCatalogue } from './fault-catalogue.js';
import { describeFaults } from './matrix.js';

describeFaults('server', faultCatalogue.server);
